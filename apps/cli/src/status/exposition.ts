/** One series of a page of metrics. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)(?: -?\d+)?$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g;

/** The series of a page in the text format of Prometheus; lines that are none are passed over. */
export const readExposition = (text: string): readonly Series[] =>
  text.split('\n').flatMap((each): Series[] => {
    if (each.startsWith('#')) return [];
    const [, name, labels = '', number = ''] = line.exec(each) ?? [];
    if (name === undefined) return [];
    return [
      {
        name,
        labels: Object.fromEntries(
          [...labels.matchAll(label)].map(([, key = '', quoted = '']) => [key, plain(quoted)]),
        ),
        value: numberOf(number),
      },
    ];
  });

const plain = (quoted: string): string =>
  quoted.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));

const numberOf = (number: string): number =>
  number === '+Inf'
    ? Number.POSITIVE_INFINITY
    : number === '-Inf'
      ? Number.NEGATIVE_INFINITY
      : Number(number);

/** What can be asked of the series of one page. */
export class Metrics {
  private readonly series: readonly Series[];

  constructor(text: string) {
    this.series = readExposition(text);
  }

  /** The sum of what has this name and these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.series.filter(
      (each) =>
        each.name === name && Object.entries(labels).every(([key, wanted]) => each.labels[key] === wanted),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** The value for each word of a label. */
  by(name: string, key: string): Readonly<Record<string, number>> {
    const found = this.series.filter((each) => each.name === name && each.labels[key] !== undefined);
    return Object.fromEntries(found.map(({ labels, value }) => [labels[key] ?? '', value]));
  }

  /** The mean of a histogram; undefined when nothing was observed. */
  mean(name: string): number | undefined {
    const count = this.value(`${name}_count`);
    const sum = this.value(`${name}_sum`);
    return count === undefined || sum === undefined || count === 0 ? undefined : sum / count;
  }

  /**
   * A quantile of a histogram, from 0 to 1, as exact as its buckets are; the last bound for what lies beyond it.
   * Undefined when nothing was observed.
   */
  quantile(name: string, part: number): number | undefined {
    const buckets = this.series
      .filter((each) => each.name === `${name}_bucket`)
      .map(({ labels, value }) => ({ bound: numberOf(labels.le ?? ''), count: value }))
      .sort((left, right) => left.bound - right.bound);
    const wanted = part * (buckets.at(-1)?.count ?? 0);
    if (wanted === 0) return undefined;
    const place = buckets.findIndex(({ count }) => count >= wanted);
    const { bound = 0, count = 0 } = buckets[place] ?? {};
    const below = buckets[place - 1] ?? { bound: 0, count: 0 };
    if (!Number.isFinite(bound)) return below.bound;
    return below.bound + (bound - below.bound) * ((wanted - below.count) / (count - below.count));
  }
}
