import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { repositories } from './repositories.ts';

/** The older name of the same list. */
export const repos: Handler<Contract['catalogue']['repos']> = repositories;
