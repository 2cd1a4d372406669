import type { AgentCapability, AgentType } from '@agent-harbor/api-contract/schemas';
import { fieldProblem } from '@agent-harbor/core/problem';
import { findProgram } from '../process/find-program.ts';
import { type AgentAdapter, type AgentHost, blocksOf } from './adapter.ts';
import { argvOf } from './node-program.ts';
import { presenceOf } from './presence.ts';

/** What the settings of a vendor's agent have at least. */
interface VendorSettings {
  readonly command?: readonly string[] | undefined;
  readonly permissionMode?: string | undefined;
  readonly modelUrl?: string | undefined;
}

/** What an agent type of a vendor is: data, but for the variables its settings come to. */
export interface Vendor<Settings extends VendorSettings = VendorSettings> {
  readonly type: AgentType;
  readonly displayName: string;
  readonly description: string;
  /** Programs that speak the protocol, with the arguments that make them, the best first. */
  readonly programs: readonly (readonly [name: string, ...args: string[]])[];
  /** How the first of them is installed: a line for people. */
  readonly install: string;
  readonly credentials: Credentials;
  /** What it can do with sessions of its own, as it says when it is started. */
  readonly capabilities?: readonly AgentCapability[];
  /** Whether its variables alone set the model: by the ids it offers it could not be found. */
  readonly isModelByVariable?: boolean;
  /** Variables for what is asked, on top of what the agent gets anyway. */
  environment(wish: { readonly settings: Settings; readonly model: string | undefined }): Variables;
}

/** Who the agent is to its vendor. */
interface Credentials {
  /** By variable: the way the agent signs itself in with it, where the protocol has to ask for it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Variables that belong to them, such as where the vendor is reached. */
  readonly beside?: readonly string[];
  /** Below the home directory. */
  readonly files: readonly string[];
  /** How one signs in by hand: a line for people. */
  readonly signIn: string;
}

type Variables = Readonly<Record<string, string>>;

/** An adapter for a vendor's program, which speaks the Agent Client Protocol. */
export const vendorAdapter = <Type extends AgentType, Settings extends VendorSettings>(
  vendor: Vendor<Settings> & { readonly type: Type },
): Omit<AgentAdapter<Type>, 'plan'> & {
  plan(request: {
    readonly settings: Settings;
    readonly settingsPath: string;
    readonly prompt: Parameters<typeof blocksOf>[0];
    readonly model?: string | undefined;
    readonly host: AgentHost;
  }): ReturnType<AgentAdapter<Type>['plan']>;
} => ({
  displayName: vendor.displayName,
  description: vendor.description,
  versions: ['latest'],
  protocol: 'acp',
  presence: (host) => presenceOf(vendor, host),
  ...(vendor.capabilities === undefined ? {} : { capabilities: vendor.capabilities }),
  plan({ settings, settingsPath, prompt, model, host }) {
    const argv = programOf(vendor, settings, settingsPath, host);
    const { env, signIn, files } = credentialsOf(vendor, host);
    return {
      argv,
      env: { ...env, ...vendor.environment({ settings, model }) },
      prompt: blocksOf(prompt),
      acp: {
        model: vendor.isModelByVariable === true ? undefined : model,
        mode: settings.permissionMode,
        signIn,
      },
      credentialFiles: files,
    };
  },
});

const programOf = (
  { type, programs, install }: Pick<Vendor<VendorSettings>, 'type' | 'programs' | 'install'>,
  { command }: VendorSettings,
  settingsPath: string,
  { agentPrograms, environment = {} }: AgentHost,
): readonly string[] => {
  const configured = command ?? agentPrograms?.[type];
  if (configured !== undefined) return argvOf(configured, environment);
  for (const [name, ...args] of programs) {
    const path = findProgram(name, environment.PATH ?? '', environment.PATHEXT);
    if (path !== undefined) return argvOf([path, ...args], environment);
  }
  const names = programs.map(([name]) => JSON.stringify(name)).join(' or ');
  throw fieldProblem(
    settingsPath.replace(/settings$/, 'type'),
    `needs a program this host does not have: there is no ${names} on its PATH. ${install}`,
  );
};

/** What is passed in of the credentials of this host's user: nothing, unless the host says so for the type. */
const credentialsOf = (
  { type, credentials }: Pick<Vendor<VendorSettings>, 'type' | 'credentials'>,
  { agentCredentials = [], environment = {} }: AgentHost,
): { env: Variables; signIn: readonly string[]; files: readonly string[] } => {
  if (!agentCredentials.includes(type)) return { env: {}, signIn: [], files: [] };
  const { variables, beside = [], files } = credentials;
  const env: Record<string, string> = {};
  for (const name of [...Object.keys(variables), ...beside]) {
    const value = environment[name];
    if (value !== undefined && value !== '') env[name] = value;
  }
  const signIn = Object.entries(variables).flatMap(([name, method]) =>
    method !== undefined && name in env ? [method] : [],
  );
  return { env, signIn: [...new Set(signIn)], files };
};
