export { type Contract, contract } from './contract.ts';
export { type Policy, policy } from './policy.ts';
