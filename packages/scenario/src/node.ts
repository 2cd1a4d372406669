export { readScenarioFile } from './node/read-scenario-file.ts';
