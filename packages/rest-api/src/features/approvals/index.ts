import { answer } from './answer.ts';
import { list } from './list.ts';
import { ofSession } from './of-session.ts';

export const approvals = { list, ofSession, answer };
