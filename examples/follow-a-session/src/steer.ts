import { type HarborClient, Problem, type StreamedEvent } from '@agent-harbor/rest-client/node';

const note = 'Note in the log that the migration ran.';

/**
 * What a person does while an agent works: here it is decided by what happens. Gives what to do with each event. What was
 * asked is kept in memory; a program that may be ended in between looks at `listApprovals` when it starts.
 */
export const createSteering = ({ tasks }: HarborClient, sessionId: string) => {
  let asked: string | undefined;
  const allow = (approvalId: string) =>
    tasks.answerApproval(sessionId, approvalId, { outcome: 'allowed', note: 'Go ahead.' });

  return async (event: StreamedEvent): Promise<void> => {
    // An agent asks for leave. Before it gets an answer everything stands still, and the person looks around.
    if (event.type === 'approval' && event.state === 'requested') {
      const approvalId = `${event.approvalId}`;
      try {
        await tasks.pauseSession(sessionId);
        asked = approvalId;
      } catch (error) {
        // Not every host can: on Windows nothing stands still.
        if (!(error instanceof Problem) || error.code !== 'pause-unsupported') throw error;
        await tasks.promptSession(sessionId, note);
        await allow(approvalId);
      }
    }
    if (event.type !== 'status' || asked === undefined) return;
    // What is said now is heard when the turn is over.
    if (event.status === 'paused') await tasks.resumeSession(sessionId, { prompt: note });
    if (event.status === 'running') {
      await allow(asked);
      asked = undefined;
    }
  };
};
