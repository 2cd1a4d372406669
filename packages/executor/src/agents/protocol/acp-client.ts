import type * as Sdk from '@agentclientprotocol/sdk';
import { createWorkspaceText } from './acp-files.ts';
import type { Terminals } from './acp-terminals.ts';

/** Who answers a request for leave. */
export type Permit = (
  request: Sdk.RequestPermissionRequest,
  signal: AbortSignal,
) => Promise<Sdk.RequestPermissionOutcome>;

/** What the agent may ask of us: leave, files below `cwd`, and commands. */
export const clientOf = (
  sdk: typeof Sdk,
  cwd: string,
  terminals: Terminals,
  permit: Permit,
): Sdk.ClientApp => {
  const { client: methods } = sdk.methods;
  const files = createWorkspaceText(cwd);
  return sdk
    .client({ name: 'agent-harbor' })
    .onRequest(methods.session.requestPermission, async ({ params, signal }) => ({
      outcome: await permit(params, signal),
    }))
    .onRequest(methods.fs.readTextFile, async ({ params: { path, line, limit } }) => ({
      content: await files.read(path, line, limit),
    }))
    .onRequest(methods.fs.writeTextFile, async ({ params: { path, content } }) => {
      await files.write(path, content);
      return {};
    })
    .onRequest(methods.terminal.create, ({ params }) => terminals.create(params))
    .onRequest(methods.terminal.output, ({ params }) => terminals.output(params.terminalId))
    .onRequest(methods.terminal.waitForExit, ({ params }) => terminals.waitForExit(params.terminalId))
    .onRequest(methods.terminal.kill, ({ params }) => {
      terminals.kill(params.terminalId);
      return {};
    })
    .onRequest(methods.terminal.release, ({ params }) => {
      terminals.release(params.terminalId);
      return {};
    });
};
