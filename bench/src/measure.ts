import type { Contender, Figure, Round, Sample } from './figure.ts';
import type { Stage } from './stage.ts';

/** What a figure came to. */
export interface Measured {
  readonly figure: Figure;
  readonly rounds: readonly Round[];
}

/**
 * Lets the variants take turns, so that what the machine does meanwhile falls on all of them alike. The order turns as
 * well: nobody always comes behind the same neighbour.
 */
export const measure = async (figure: Figure, rounds: number, stage: Stage): Promise<Measured> => {
  const contenders: { readonly name: string; readonly contender: Contender }[] = [];
  const done: Round[] = [];
  try {
    for (const { name, open } of figure.variants) {
      stage.note(`  ${name}: getting ready`);
      contenders.push({ name, contender: await open(stage) });
    }
    for (let round = 0; round < rounds; round++) {
      const samples: Record<string, Sample> = {};
      const first = round % contenders.length;
      for (const { name, contender } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
        samples[name] = await contender.round();
      }
      done.push(samples);
      stage.note(`  round ${round + 1} of ${rounds}: ${describe(figure, samples)}`);
    }
  } finally {
    for (const { contender } of contenders) await contender.close();
  }
  return { figure, rounds: done };
};

const describe = ({ judgements }: Figure, round: Round): string =>
  judgements.map(({ name, unit, value }) => `${name} ${value(round).toFixed(2)} ${unit}`).join(', ');
