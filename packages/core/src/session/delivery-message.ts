import type { SessionRecord } from './record.ts';

/** The message of the delivered commit: first line of the prompt as the subject, the session as the trailer. */
export const deliveryMessage = (session: SessionRecord): string => {
  const [subject = ''] = session.prompt.trim().split('\n');
  const short = subject.length > 72 ? `${subject.slice(0, 71)}…` : subject;
  return `${short === '' ? 'Work of an agent' : short}\n\nAgent-Harbor-Session: ${session.id}\n`;
};
