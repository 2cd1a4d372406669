import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readBudgets } from './budgets.ts';
import type { Figure } from './figure.ts';
import { figures } from './figures/index.ts';
import { complaints, fewestRounds } from './guard.ts';
import { describeMachine } from './machine.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, usage } from './options.ts';
import { measurePeers } from './peers/measure-peers.ts';
import type { PeerReport } from './peers/peer.ts';
import { moveToLoadCore } from './process/pin.ts';
import { endAll } from './process/program.ts';
import { bundlePrograms } from './process/programs.ts';
import { profileFigure } from './profile/profile-figure.ts';
import { toMarkdown } from './report/markdown.ts';
import { type FigureReport, judgedOf, type Report, reportFigure } from './report/report.ts';
import { createStage, type Stage } from './stage.ts';

const say = (text: string) => process.stderr.write(`${text}\n`);

const run = async (options: Options): Promise<number> => {
  moveToLoadCore();
  say('Bundling the servers');
  bundlePrograms();
  const stage = createStage({ isQuick: options.quick, note: say, profile: options.profile });
  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= endAll().then(() => stage.clear());
    return leaving;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // More than once: a terminal tells the whole group, and whoever started us passes it on.
    process.on(signal, () => void leave().finally(() => process.exit(130)));
  }
  return carryOut(options, stage).finally(leave);
};

const carryOut = async (options: Options, stage: Stage): Promise<number> => {
  const budgets = readBudgets();
  const machine = describeMachine(new Date());
  const chosen = figures.filter(({ number }) => options.figures?.includes(number) ?? true);
  const isWhole = options.figures === undefined && !options.quick && options.rounds >= fewestRounds;
  const done: FigureReport[] = [];
  const failed: string[] = [];
  let peers: PeerReport | undefined;
  const report = (): Report => ({
    machine,
    rounds: options.rounds,
    quick: options.quick,
    figures: done,
    failed,
    peers,
  });
  const examine = async (figure: Figure): Promise<FigureReport> => {
    const examined = reportFigure(await measure(figure, options.rounds, stage), budgets);
    const isWanted = options.profile !== undefined || examined.judgements.some(({ met }) => !met);
    if (figure.measures !== 'processor' || !isWanted) return examined;
    return { ...examined, profile: await profileFigure(figure, stage) };
  };
  for (const figure of chosen) {
    say(`${figure.number} ${figure.name}`);
    // One that cannot be measured does not take the others with it.
    await examine(figure).then(
      (examined) => done.push(examined),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        failed.push(`Figure ${figure.number}, ${figure.name}, could not be measured: ${why}`);
        say(`  ${failed.at(-1)}`);
      },
    );
    // At once: what was measured is there even if the run is ended.
    if (isWhole) write(report());
  }
  if (options.peers) peers = await measurePeers(stage, Math.min(options.rounds, peerRounds));
  if (isWhole) {
    write(report());
    say('The report is in bench/results.');
  }
  process.stdout.write(options.json ? `${JSON.stringify(report(), undefined, 2)}\n` : toMarkdown(report()));
  const refused = options.guard ? complaints(judgedOf(done)) : [];
  for (const line of [...failed, ...refused]) say(line);
  return failed.length + refused.length === 0 ? 0 : 1;
};

/** Others are compared by orders of magnitude. */
const peerRounds = 3;

const results = fileURLToPath(new URL('../results/', import.meta.url));
const write = (report: Report): void => {
  mkdirSync(results, { recursive: true });
  writeFileSync(`${results}report.json`, `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(`${results}report.md`, toMarkdown(report));
};

try {
  const options = readOptions(
    process.argv.slice(2),
    figures.map(({ number }) => number),
  );
  if (options.help) process.stdout.write(usage);
  process.exit(options.help ? 0 : await run(options));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
