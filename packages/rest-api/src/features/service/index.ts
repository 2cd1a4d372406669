import { docs } from './docs.ts';
import { healthz } from './healthz.ts';
import { metrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { problem } from './problem.ts';
import { readyz } from './readyz.ts';
import { version } from './version.ts';

export const service = { healthz, readyz, version, openapi, docs, metrics, problem };
