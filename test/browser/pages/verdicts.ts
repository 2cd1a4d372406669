import type { CreateTask } from '@agent-harbor/api-contract/schemas';
import { judge, type ManagerContext, managerSuite, type Opened } from '@agent-harbor/conformance';

/** What became of a suite that ran in a page. */
export interface Verdicts {
  readonly held: number;
  /** The checks that failed, with what they said. */
  readonly failed: readonly string[];
}

/** Holds an implementation of this page to every promise of a task manager, one check after another. */
export const judgeManager = async (open: () => Promise<Opened<ManagerContext>>): Promise<Verdicts> => {
  let held = 0;
  const failed: string[] = [];
  for (const check of managerSuite.checks) {
    const verdict = await judge(check, open);
    if (verdict.kind === 'holds') held += 1;
    else failed.push(`${check.name}: ${verdict.kind === 'fails' ? String(verdict.error) : verdict.reason}`);
  }
  return { held, failed };
};

export const repo = { mode: 'git', url: 'https://example.test/demo.git' } as const;

/** A task whose agent changes a file and ends, within a few seconds of the mock's time. */
export const quickTask = (): CreateTask => ({
  prompt: 'Say hello',
  repo: { mode: 'none' },
  agents: [{ type: 'mock', settings: { scenario: 'quick-edit' } }],
});
