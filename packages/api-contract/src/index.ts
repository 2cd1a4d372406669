export { type Contract, contract } from './contract.ts';
export { isPolicy, type Policy, policy } from './policy.ts';
export { idempotencyHeaders, noQuery, sessionParams } from './routes/parameters.ts';
export { anyRoute, Bytes } from './routes/router.ts';
