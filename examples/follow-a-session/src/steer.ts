import type { HarborClient, StreamedEvent } from '@agent-harbor/rest-client/node';

/** What a person does while an agent works: here it is decided by what happens. Gives what to do with each event. */
export const createSteering = ({ tasks }: HarborClient, sessionId: string) => {
  let asked: string | undefined;

  return async (event: StreamedEvent): Promise<void> => {
    // An agent asks for leave. Before it gets an answer everything stands still, and the person looks around.
    if (event.type === 'approval' && event.state === 'requested') {
      asked = `${event.approvalId}`;
      await tasks.pauseSession(sessionId);
    }
    if (event.type !== 'status' || asked === undefined) return;
    // What is said now is heard when the turn is over.
    if (event.status === 'paused')
      await tasks.resumeSession(sessionId, { prompt: 'Note in the log that the migration ran.' });
    if (event.status === 'running') {
      const approvalId = asked;
      asked = undefined;
      await tasks.answerApproval(sessionId, approvalId, { outcome: 'allowed', note: 'Go ahead.' });
    }
  };
};
