import {
  AgentName,
  AgentType,
  ApprovalDecision,
  ApprovalPolicyInput,
} from '@agent-harbor/api-contract/schemas';
import { Problem, usuallyProtected } from '@agent-harbor/core';
import { networkOf } from '@agent-harbor/webhook';
import { z } from 'zod';
import { ForgeConfig } from './forge-config.ts';
import { RetentionConfig } from './retention-config.ts';

const rate = z.object({ requests: z.number().int().min(1), windowSeconds: z.number().int().min(1) }).strict();

const StreamConfig = z
  .object({
    /** A stream is ended between half of this and all of it after it began; its reader comes back. Milliseconds. */
    rotateMs: z.number().int().min(1000).max(86_400_000).default(600_000),
    /** A reader that takes nothing for so long is cut, and goes on from its place when it comes back. Milliseconds. */
    drainMs: z.number().int().min(100).max(3_600_000).default(30_000),
  })
  .strict();

/** Variables that make a session what it is. */
const own = /^(?:AH_.*|PATH|HOME|USERPROFILE|TMPDIR|TEMP|TMP|TERM)$/i;
const isLendable = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !own.test(name);
const isBelow = (path: string): boolean =>
  !/^[A-Za-z]:/.test(path) && path.split(/[\\/]/).every((part) => !['', '.', '..'].includes(part));

/** What agents of a type are lent, by name. */
const Lent = z
  .object({
    variables: z
      .array(z.string().refine(isLendable, 'must name a variable of which sessions have none of their own'))
      .default([]),
    files: z.array(z.string().refine(isBelow, 'must be a path below the home directory')).default([]),
  })
  .strict();

/** Everything that can be set. The command line, the environment and the configuration file are read by the CLI. */
export const ServerConfig = z
  .object({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(3001),
    stateDir: z.string().min(1),
    /** How many sessions run at once. */
    maxConcurrentTasks: z.number().int().min(1).max(1000).default(4),
    /** A key beside the host's own; needed to serve beyond loopback. */
    apiKey: z.string().min(16, 'must have at least 16 characters').max(1024).optional(),
    /** Serves everyone who can reach the port; only on loopback. */
    noAuth: z.boolean().default(false),
    /** Host names the server answers to, beside the loopback names. */
    publicHosts: z.array(z.string().min(1)).default([]),
    /** Origins of pages that may call the server from a browser. */
    allowedOrigins: z.array(z.string().url()).default([]),
    /** Addresses of proxies whose X-Forwarded-For is believed. */
    trustedProxies: z.array(z.string().ip()).default([]),
    rateLimit: rate.default({ requests: 6000, windowSeconds: 60 }),
    /** How long an agent that was asked to stop may take, milliseconds. */
    stopGraceMs: z.number().int().min(0).max(600_000).default(10_000),
    /** What becomes of the permission requests of agents, where a task does not say. */
    approvals: ApprovalPolicyInput.default({}),
    /** The decision where no rule holds: short for `approvals.default`, and before it. */
    approve: ApprovalDecision.optional(),
    /** Who makes the commits that are delivered, as `Name <mail@example.org>`. */
    deliveryAuthor: z
      .string()
      .regex(
        /^[^<>\u0000-\u001f\u007f]{1,200} <[^<>\s@\u0000-\u001f]{1,100}@[^<>\s\u0000-\u001f]{1,100}>$/,
        'must be a name and an address, as Robot <robot@example.org>',
      )
      .optional(),
    /** Branches nobody delivers onto beside the default one of a repository, as globs. */
    protectedBranches: z.array(z.string().min(1).max(255)).default([...usuallyProtected]),
    /** Forges beside github.com and gitlab.com, by the host of their repositories. */
    forges: z.record(z.string().min(1).max(255), ForgeConfig).default({}),
    /** Whether a shutdown of the server stops the sessions; they go on by default. */
    stopSessions: z.boolean().default(false),
    /** How long streams and readers are put up with. */
    streams: StreamConfig.default({}),
    /** What is dropped when, so that nothing grows without bound. */
    retention: RetentionConfig.default({}),
    /** Networks that webhooks may call although they are not public, as `10.1.0.0/16`. */
    webhookNetworks: z
      .array(
        z.string().refine((text) => networkOf(text) !== undefined, {
          message: 'must be an address or a network, as 10.1.0.0/16',
        }),
      )
      .default([]),
    /** How long a webhook message that was not taken waits at first, milliseconds; later waits grow from it. */
    webhookRetryMs: z.number().int().min(10).max(3_600_000).default(5_000),
    /** So many attempts are made of a webhook message before it is a dead letter. */
    webhookAttempts: z.number().int().min(1).max(20).default(12),
    /** An address of its own for the metrics, as `127.0.0.1:9464`, where nobody is asked for a key. */
    metricsAddress: z
      .string()
      .regex(/^(?:\[[0-9a-f:]+\]|[^\s:[\]]+):\d{1,5}$/i, 'must be an address and a port, as 127.0.0.1:9464')
      .refine((address) => portOf(address) <= 65_535, 'must have a port up to 65535')
      .optional(),
    /** Whether the metrics may be read by everyone who can reach their address; needed beyond loopback. */
    metricsOpen: z.boolean().default(false),
    /** Where spans are sent by OTLP over HTTP; `/v1/traces` is appended. Nothing is traced without it. */
    otlpEndpoint: z.string().url().optional(),
    /**
     * Starts although committed transactions in the write-ahead log cannot be read any more. They are lost then, and
     * readers are told by another epoch.
     */
    dropDamagedCommits: z.boolean().default(false),
    logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
    /** How the recorder is started: a program and its first arguments. */
    recorderCommand: z.array(z.string()).min(1),
    /** How the fork server is started, which starts programs for the server; it starts them itself without one. */
    forkServerCommand: z.array(z.string()).min(1).optional(),
    /** How many recorders wait for sessions, so that a session does not wait for one to start; each takes some 50 MiB. */
    recorderPool: z.number().int().min(0).max(16).default(1),
    /** How many workspaces are checked out in advance for each repository used lately, so that a session does not wait. */
    workspacePool: z.number().int().min(0).max(8).default(0),
    /** The agent types whose credentials of this host's user are passed to the agents: variables and files, by name. */
    agentCredentials: z.array(AgentName).default([]),
    /** What agents of a type get of this host's user beside that: variables, and files below the home directory. */
    agentLends: z.record(AgentType, Lent).default({}),
    /** Programs to start for agent types, each an argv, instead of what is found on the PATH. */
    agentPrograms: z.record(AgentType, z.array(z.string()).min(1)).default({}),
    /** How the scenario agent is started. */
    mockAgentCommand: z.array(z.string()).min(1),
  })
  .strict();
export type ServerConfig = z.infer<typeof ServerConfig>;
export type ServerSettings = z.input<typeof ServerConfig>;

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

/** The parts of an address that was checked. */
export const hostAndPort = (address: string): { readonly host: string; readonly port: number } => ({
  host: address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1'),
  port: portOf(address),
});

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

/** Refuses what would let a stranger in. */
export const refuseOpenDoors = (config: ServerConfig): void => {
  const metrics = config.metricsAddress === undefined ? undefined : hostAndPort(config.metricsAddress);
  if (metrics !== undefined && !config.metricsOpen && !isLoopback(metrics.host)) {
    throw new Problem('forbidden', {
      detail: `The metrics at ${config.metricsAddress} could be read by everyone who can reach it: add --metrics-open if that is meant, or use 127.0.0.1:${metrics.port}, or leave --metrics-address out and scrape /metrics with a key.`,
    });
  }
  if (isLoopback(config.host)) return;
  if (config.noAuth) {
    throw new Problem('forbidden', {
      detail: `--no-auth serves everyone who can reach the port, so it works on loopback only, not on ${config.host}. Leave it out, or bind to 127.0.0.1.`,
    });
  }
  if (config.apiKey === undefined) {
    throw new Problem('forbidden', {
      detail: `${config.host} is reachable from other machines, so a credential must be configured: set --api-key or AH_API_KEY (at least 16 characters), or bind to 127.0.0.1.`,
    });
  }
};
