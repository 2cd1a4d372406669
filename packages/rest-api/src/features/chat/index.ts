import { attachment } from './attachment.ts';
import { message } from './message.ts';
import { messages } from './messages.ts';
import { sendMessage } from './send-message.ts';

export const chat = { messages, sendMessage, message, attachment };
