import { addAttachments } from './add-attachments.ts';
import { attachment } from './attachment.ts';
import { context } from './context.ts';
import { createThread } from './create-thread.ts';
import { deleteAttachment } from './delete-attachment.ts';
import { deleteMessage } from './delete-message.ts';
import { editMessage } from './edit-message.ts';
import { message } from './message.ts';
import { messages } from './messages.ts';
import { models } from './models.ts';
import { retryMessage } from './retry-message.ts';
import { sendMessage } from './send-message.ts';
import { stream } from './stream.ts';
import { suggestions } from './suggestions.ts';
import { summarize } from './summarize.ts';
import { threads } from './threads.ts';
import { updateContext } from './update-context.ts';

export const chat = {
  messages,
  sendMessage,
  stream,
  message,
  editMessage,
  deleteMessage,
  retryMessage,
  addAttachments,
  attachment,
  deleteAttachment,
  threads,
  createThread,
  suggestions,
  context,
  updateContext,
  models,
  summarize,
};
