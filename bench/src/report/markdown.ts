import type { Machine } from '../machine.ts';
import type { PeerFigures, PeerReport } from '../peers/peer.ts';
import type { Layer } from '../profile/layers.ts';
import type { Spread } from '../statistics.ts';
import type { FigureReport, JudgementReport, Report } from './report.ts';

/** The report for people. */
export const toMarkdown = (report: Report): string => {
  const { machine, rounds, figures, quick, failed, peers } = report;
  return `${[
    '# What is fast',
    `Written by \`npm run bench\`; [README.md](../README.md) says how it measures and how to read this.`,
    describe(machine, rounds),
    ...(quick ? ['**A quick run: small sizes, short loads. It proves nothing.**'] : []),
    '## Budgets',
    table(
      ['figure', 'what is compared', 'measured: median [least..most]', 'budget', ''],
      figures.flatMap((figure) => figure.judgements.map((each) => judgementRow(figure, each))),
    ),
    ...(failed.length === 0 ? [] : [failed.map((line) => `- ${line}`).join('\n')]),
    ...standsInTheWay(figures),
    ...figures.flatMap(figureLines),
    ...(peers === undefined ? [] : peerLines(peers)),
  ].join('\n\n')}\n`;
};

const describe = (machine: Machine, rounds: number): string => {
  const { cores, cpu, memoryGiB, kernel, node, date, pinned, load } = machine;
  const cut = pinned ? 'server and load on a core each' : 'server and load share the cores';
  const busy = load === undefined ? '' : `, load average ${load.toFixed(1)} at the start`;
  return `${date} · ${cores} cores of ${cpu} · ${memoryGiB} GiB · ${kernel} · Node ${node} · ${rounds} rounds · ${cut}${busy}`;
};

const judgementRow = (figure: FigureReport, { of, unit, spread, budget, met }: JudgementReport): string[] => [
  `${figure.number} ${figure.name}`,
  of,
  withUnit(spread, unit),
  `≤ ${budget.budget}${unit === '×' ? '' : ' '}${unit}`,
  met ? 'met' : '**not met**',
];

/** Why a budget is not met; what is not recorded is said to be unexplained. */
const standsInTheWay = (figures: readonly FigureReport[]): string[] => {
  const rest = figures.flatMap(({ number, name, judgements }) =>
    judgements.filter(({ met }) => !met).map((each) => ({ place: `${number} ${name}, ${each.name}`, each })),
  );
  if (rest.length === 0) return [];
  const lines = rest.map(
    ({ place, each }) =>
      `- **${place}**: ${each.budget.reason ?? 'above its budget in this run only; nothing is recorded.'}`,
  );
  return ['### What stands in the way', lines.join('\n')];
};

const figureLines = ({
  number,
  name,
  what,
  measures,
  samples,
  variants,
  profile,
}: FigureReport): string[] => [
  `## ${number}. ${name} (${measures})`,
  what,
  table(
    ['', ...Object.values(samples)],
    variants.map((variant) => [
      variant.name,
      ...Object.keys(samples).map((sample) => {
        const spread = variant.samples[sample];
        return spread === undefined ? '–' : spreadText(spread);
      }),
    ]),
  ),
  variants.map((variant) => `- ${variant.name}: ${variant.is}`).join('\n'),
  ...(profile === undefined ? [] : profileLines(profile)),
];

/** What is hardly seen is left out. */
const leastShare = 0.01;

const profileLines = (profile: readonly Layer[]): string[] => [
  'Where the processor time of ours goes, by the profiler in a round of its own:',
  table(
    ['part', 'share'],
    profile
      .filter(({ share }) => share >= leastShare)
      .map(({ name, share }) => [name, `${(share * 100).toFixed(0)} %`]),
  ),
];

const peerLines = ({ measured, missing, versions }: PeerReport): string[] => {
  const rows = [...new Set(measured.flatMap(({ figures }) => Object.keys(figures)))];
  const cell = (figures: PeerFigures, row: string) => {
    const spread = figures[row];
    return spread === undefined ? '–' : spreadText(spread);
  };
  return [
    '## Peers',
    `${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}, from the npm registry, in the same run. Each round has a new server.`,
    table(
      ['', ...measured.map(({ name }) => name)],
      rows.map((row) => [row, ...measured.map(({ figures }) => cell(figures, row))]),
    ),
    [
      ...measured.map(
        ({ name, note, failure }) =>
          `- ${name}: ${note}${failure === undefined ? '' : ` It failed: ${failure}`}`,
      ),
      ...missing.map(({ name, why }) => `- ${name} was not measured: ${why}`),
    ].join('\n'),
  ];
};

const withUnit = (spread: Spread, unit: string): string =>
  unit === '×' ? `${spreadText(spread)} ×` : `${spreadText(spread)} ${unit}`;

const spreadText = ({ median, least, most }: Spread): string =>
  `${short(median)} [${short(least)}..${short(most)}]`;

const short = (value: number): string => {
  if (value === 0 || Number.isInteger(value)) return value.toLocaleString('en-US');
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
