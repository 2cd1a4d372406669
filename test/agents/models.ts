import { collect, exitOf, firstLine, startAh } from '../e2e/program.ts';

/** A request to a model, as the log of `ah mock-llm` has it. */
interface ModelRequest {
  readonly api: string;
  readonly outcome: string;
  readonly response: number | null;
  readonly tools: readonly { readonly name: string; readonly input: unknown }[];
  readonly difference: readonly string[] | null;
  readonly body: unknown;
}

/** `ah mock-llm` as a process. */
export interface Models {
  readonly url: string;
  /** What it was asked, without what was beside the work. */
  requests(): Promise<readonly ModelRequest[]>;
  /** Resolves when an agent waits for this answer of the turn, counted from 0. */
  asked(response: number): Promise<void>;
  /** Sets what goes wrong from now on. */
  fault(fault: object): Promise<void>;
  stop(): Promise<void>;
}

const headers = { 'x-api-key': 'any', 'content-type': 'application/json' };

export const startModels = async (args: readonly string[]): Promise<Models> => {
  const child = startAh(['mock-llm', '--json', '--port', '0', '--speed', '0', ...args]);
  const exited = exitOf(child);
  const { url } = JSON.parse(await firstLine(child, exited, collect(child.stderr)));
  const requests = async (): Promise<readonly ModelRequest[]> => {
    const answer = await fetch(`${url}/mock/requests`, { headers });
    const { items } = await answer.json();
    return items.filter(({ outcome }: ModelRequest) =>
      ['scenario', 'mismatch', 'over', 'failed'].includes(outcome),
    );
  };
  return {
    url,
    requests,
    async asked(response) {
      for (;;) {
        const found = await requests();
        if (found.some((request) => request.outcome === 'scenario' && request.response === response)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async fault(fault) {
      await fetch(`${url}/mock/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
};
