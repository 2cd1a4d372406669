import type { BuildOptions } from 'esbuild';

/** What every bundle of programs is made with. */
export declare const programBundle: BuildOptions;
