import type { Executor, DeliveryResult as Put, Run } from '../executor/executor.ts';
import { Problem, throwIfAborted } from '../problem.ts';
import { createSerial } from '../serial.ts';
import type { ForgeRepository, Forges } from './forge.ts';
import type { Words } from './message.ts';
import type { DeliveryPlan } from './plan-delivery.ts';

/** What became of a delivery, as its event tells it. */
export interface DeliveryReport extends Omit<Put, 'obstacle'> {
  readonly url?: string;
  readonly targetBranch?: string;
  /** Of one that failed: what a caller who waits for it is told. */
  readonly problem?: Problem;
}

/** One piece of work on its way out. */
interface Shipment {
  readonly run: Run;
  readonly plan: DeliveryPlan;
  readonly words: Words;
  readonly isFinal: boolean;
}

/** Takes work home: the branch by the executor, the pull request by the forge. Repeated, it finds what it did before. */
export interface Deliverer {
  /** Deliveries of one session happen one after another. Rejects with `aborted`, `workspace-gone`. */
  deliver(shipment: Shipment, signal?: AbortSignal): Promise<DeliveryReport>;
  /** Whether one is under way. */
  isDelivering(sessionId: string): boolean;
  /** The forge of a repository; throws `unsupported-choice` with the field when a pull request cannot be had there. */
  forgeOf(url: string, field: string): ForgeRepository;
}

/** Where the patch of a session is read. */
const patchUrl = (sessionId: string): string => `/api/v1/sessions/${sessionId}/patch`;

export const createDeliverer = (executor: Executor, forges: Forges): Deliverer => {
  const serial = createSerial();
  const underWay = new Map<string, number>();
  const count = (sessionId: string, by: number): void => {
    const now = (underWay.get(sessionId) ?? 0) + by;
    if (now === 0) underWay.delete(sessionId);
    else underWay.set(sessionId, now);
  };

  const put = async (
    { run, plan, words, isFinal }: Shipment,
    signal?: AbortSignal,
  ): Promise<DeliveryReport> => {
    const { obstacle, ...result } = await executor.deliver(
      run,
      {
        mode: plan.mode === 'patch' ? 'patch' : 'branch',
        branch: plan.branch,
        isMadeUp: plan.isMadeUp,
        message: words.message,
        isFinal,
      },
      signal,
    );
    if (result.state !== 'failed') return result;
    const code = obstacle === 'repository' ? 'delivery-failed' : 'delivery-refused';
    return { ...result, problem: new Problem(code, { detail: result.reason ?? 'The work was not taken.' }) };
  };

  const forgeOf: Deliverer['forgeOf'] = (url, field) => {
    const forge = forges.of(url);
    const refuse = (message: string) =>
      new Problem('unsupported-choice', { detail: `${field}: ${message}`, errors: { [field]: [message] } });
    if (forge === undefined) {
      const known = forges.hosts.length === 0 ? 'none' : forges.hosts.join(', ');
      throw refuse(
        `no forge is known for this repository, so there is nobody to ask for a pull request; this server knows ${known}. ` +
          'Use mode branch, or have the forge configured.',
      );
    }
    if (forge.trouble !== undefined) throw refuse(forge.trouble);
    return forge;
  };

  const request = async (shipment: Shipment, signal?: AbortSignal): Promise<DeliveryReport> => {
    const { run, plan, words } = shipment;
    const forge = forgeOf(run.repo.url ?? '', 'mode');
    // Whatever can be known before is: then nothing is left half done.
    const { targetBranch } = await forge.prepare(plan.targetBranch, signal);
    if (plan.branch === targetBranch) {
      const reason = `The branch ${JSON.stringify(targetBranch)} cannot be asked to take itself. Name another one for the work (--branch).`;
      return { state: 'failed', reason, problem: new Problem('delivery-refused', { detail: reason }) };
    }
    const pushed = await put(shipment, signal);
    if (pushed.state !== 'delivered' || pushed.branch === undefined) return pushed;
    const { title, body } = words;
    try {
      const { url } = await forge.open({ branch: pushed.branch, targetBranch, title, body }, signal);
      return { ...pushed, url, targetBranch };
    } catch (error) {
      throwIfAborted(signal);
      if (!(error instanceof Problem)) throw error;
      const reason =
        `The branch ${JSON.stringify(pushed.branch)} was delivered, but its pull request was not opened: ` +
        `${error.detail} Deliver again when that is mended: the branch is found.`;
      return {
        ...pushed,
        state: 'failed',
        reason,
        targetBranch,
        problem: new Problem(error.code, { detail: reason, retryAfterSeconds: error.retryAfterSeconds }),
      };
    }
  };

  return {
    async deliver(shipment, signal) {
      const { run, plan } = shipment;
      count(run.sessionId, 1);
      try {
        return await serial.run(run.sessionId, async () => {
          throwIfAborted(signal);
          const report = await (plan.mode === 'pr' ? request(shipment, signal) : put(shipment, signal)).catch(
            (error: unknown): DeliveryReport => {
              if (!(error instanceof Problem) || !isAboutTheTarget(error)) throw error;
              return { state: 'failed', reason: error.detail, problem: error };
            },
          );
          return plan.mode === 'patch' && report.state === 'delivered'
            ? { ...report, url: patchUrl(run.sessionId) }
            : report;
        });
      } finally {
        count(run.sessionId, -1);
      }
    },
    isDelivering: (sessionId) => underWay.has(sessionId),
    forgeOf,
  };
};

/** What the other side said, in words for people; anything else is a failure of ours. */
const isAboutTheTarget = ({ code }: Problem): boolean =>
  code === 'delivery-refused' ||
  code === 'delivery-failed' ||
  code === 'forge-unavailable' ||
  code === 'unsupported-choice';
