export { MockLlmConfig, type MockLlmSettings } from './node/config.ts';
export { type RunningMockLlm, startMockLlm } from './node/start-mock-llm.ts';
