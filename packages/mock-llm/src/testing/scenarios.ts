import { parseScenario, type Scenario, type ScenarioSource } from '@agent-harbor/scenario';

/** Reads a scenario of a test. */
export const scenario = (source: ScenarioSource): Scenario => parseScenario(source, 'scenario');

/** Reads a file, mends it, and says so. */
export const mend = scenario({
  name: 'mend',
  timeline: [
    { userInputs: [[0, 'Mend the cart']] },
    {
      llmResponse: [
        { think: [[100, 'Let me see the file first.']] },
        { assistant: [[50, 'I read the cart. It is – as they say – “small”.']] },
      ],
    },
    { agentFileReads: { files: [{ path: 'src/cart.js', expectedContent: 'item.price' }] } },
    { agentEdits: { path: 'src/cart.js', oldText: 'item.price', newText: 'item.price * item.quantity' } },
    { llmResponse: [{ assistant: [[10, 'Now the tests.']] }] },
    { agentToolUse: { toolName: 'runCmd', args: { cmd: ['node', '--test', "it's"] } } },
    { llmResponse: [{ assistant: [[10, 'It is mended.']] }] },
    { complete: true },
  ],
});
