import type { Contract } from '@agent-harbor/api-contract';
import { isProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem } from '@agent-harbor/core';
import type { Handler } from '../../http/call.ts';
import { pageHeaders, problemPage } from '../../http/pages/problem-page.ts';

export const problem: Handler<Contract['service']['problem']> = async ({ params }) => {
  if (!isProblemCode(params.code)) throw new Problem('problem-not-found');
  return { status: 200, body: problemPage(params.code), headers: pageHeaders };
};
