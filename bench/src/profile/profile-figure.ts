import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import { profileDuring } from '../process/program.ts';
import type { Stage } from '../stage.ts';
import { CpuProfile, framesOf } from './cpu-profile.ts';
import { type Layer, layersOf } from './layers.ts';
import { createSources } from './sources.ts';

/**
 * Where our server spends its processor time for a figure: one more round of it alone, under the profiler. Its figures are
 * not taken, since it is slower then.
 */
export const profileFigure = async (figure: Figure, stage: Stage): Promise<Layer[]> => {
  const ours = figure.variants.find(({ name }) => name.startsWith('ours'));
  if (ours === undefined) return [];
  stage.note('  under the profiler');
  const contender = await ours.open(stage);
  try {
    // The first one warms it up.
    await contender.round();
    const profiles = await profileDuring(() => contender.round());
    if (stage.profile !== undefined) keep(profiles, stage.profile, figure);
    const frames = profiles.flatMap((profile) => framesOf(CpuProfile.parse(profile)));
    return layersOf(frames, createSources());
  } finally {
    await contender.close();
  }
};

/** For those who want to see every function: browsers and editors open such files. */
const keep = (profiles: readonly unknown[], folder: string, { number }: Figure): void => {
  mkdirSync(folder, { recursive: true });
  for (const [index, profile] of profiles.entries())
    writeFileSync(join(folder, `figure-${number}-${index + 1}.cpuprofile`), JSON.stringify(profile));
};
