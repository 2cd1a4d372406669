export type { ApiName } from './exchange/request.ts';
export type { Difference } from './script/mismatch.ts';
export type { Faults, SetFault } from './world/create-faults.ts';
export {
  createMockLlm,
  type IncomingRequest,
  type MockLlm,
  type MockLlmOptions,
  type ModelAnswer,
} from './world/create-mock-llm.ts';
export { ModelFault } from './world/fault.ts';
export type { Outcome, RecordedRequest, RequestLog } from './world/requests.ts';
