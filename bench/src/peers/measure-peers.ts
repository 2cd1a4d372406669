import { fillStore } from '../load/sessions.ts';
import type { Stage } from '../stage.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { agentHarbor } from './agent-harbor.ts';
import { install, type Package, versions } from './install.ts';
import { measurePeer } from './measure-peer.ts';
import { opencode } from './opencode.ts';
import type { Peer, PeerReport } from './peer.ts';
import { sandboxAgent } from './sandbox-agent.ts';

const makers: Readonly<Record<Package, (program: string, home: string) => Peer>> = {
  'opencode-ai': opencode,
  'sandbox-agent': sandboxAgent,
};

/** Installs the peers and lets them and ours take turns. */
export const measurePeers = async (stage: Stage, rounds: number): Promise<PeerReport> => {
  const stateDir = stage.folder('peer-ours');
  await fillStore(stateDir, 1_000);
  const peers = [agentHarbor(stateDir)];
  const missing: { name: string; why: string }[] = [];
  for (const name of Object.keys(makers).filter((each): each is Package => each in makers)) {
    stage.note(`Installing ${name} ${versions[name]}`);
    await install(stage, name).then(
      (program) => peers.push(makers[name](program, stage.folder('peer-home'))),
      (error: unknown) => missing.push({ name, why: error instanceof Error ? error.message : String(error) }),
    );
  }
  const told = peers.map(() => new Map<string, number[]>());
  const failures: (string | undefined)[] = peers.map(() => undefined);
  for (let round = 0; round < rounds; round++) {
    for (const [index, peer] of peers.entries()) {
      stage.note(`  round ${round + 1} of ${rounds}: ${peer.name}`);
      const figures = told[index];
      await measurePeer(peer, stage, (what, value) => {
        figures?.set(what, [...(figures.get(what) ?? []), value]);
      }).catch((error: unknown) => {
        failures[index] = error instanceof Error ? error.message : String(error);
        stage.note(`    ${failures[index]}`);
      });
    }
  }
  return {
    measured: peers.map(({ name, note }, index) => ({
      name,
      note,
      figures: Object.fromEntries(
        [...(told[index] ?? [])].map(([what, values]): [string, Spread] => [what, spreadOf(values)]),
      ),
      failure: failures[index],
    })),
    missing,
    versions,
  };
};
