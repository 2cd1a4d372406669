export { type Contract, contract } from './contract.ts';
export { isPolicy, type Policy, policy } from './policy.ts';
