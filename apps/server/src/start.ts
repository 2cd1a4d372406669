import { join } from 'node:path';
import { createOpenApiDocument } from '@agent-harbor/api-contract/openapi';
import { JsonObject } from '@agent-harbor/api-contract/schemas';
import { createHarbor, type Harbor, parse } from '@agent-harbor/core';
import { createProcessExecutor } from '@agent-harbor/executor';
import { createApi, expositionType, type Route, renderExposition } from '@agent-harbor/rest-api';
import {
  createSwaggerUiReader,
  hostKey,
  keyFileIn,
  listen,
  makeStateDir,
} from '@agent-harbor/rest-api/express';
import { openSqliteStore } from '@agent-harbor/store';
import { createWebhookSender } from '@agent-harbor/webhook';
import manifest from '../package.json' with { type: 'json' };
import { backupFigures, lastBackupOf } from './backup-mark.ts';
import { systemClock } from './clock.ts';
import { hostAndPort, refuseOpenDoors, ServerConfig, type ServerSettings } from './config.ts';
import { credentialsOf } from './credentials.ts';
import { forgesOf } from './forges.ts';
import { createIds } from './ids.ts';
import { createLog } from './log.ts';
import { policyOf } from './retention-config.ts';
import { announceServer, withdrawServer } from './server-file.ts';
import { listenForScrapers } from './telemetry/metrics-listener.ts';
import { openTelemetry } from './telemetry/telemetry.ts';
import { createTokenizer } from './tokenizer.ts';

export { BackupFailure, verifyBackup } from '@agent-harbor/store';
export { backUp, restore } from './backup.ts';
export { ServerConfig, type ServerSettings } from './config.ts';

/** A server that serves. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  readonly stateDir: string;
  /** The file with the key that clients on this machine find by themselves. */
  readonly keyFile: string;
  /** Where the metrics are read without a key, when they have an address of their own. */
  readonly metricsUrl?: string | undefined;
  /**
   * Stops in good order within 30 s: streams are ended with a time to come back, requests finish, the log is durable.
   * Recorders and their agents go on, unless `stopSessions` was set.
   */
  close(): Promise<void>;
}

/** What only measurements and fault tests add: no setting leads here. */
export interface Additions {
  /** Routes beside those of the contract. */
  readonly further?: ((harbor: Harbor) => readonly Route[]) | undefined;
}

/**
 * Starts the access point on a state directory, which belongs to one server at a time. Sessions of a former server go
 * on. Throws a `Problem` that says what to do: a setting that is wrong, a directory or port that somebody holds.
 */
export const startServer = async (
  settings: ServerSettings,
  additions: Additions = {},
): Promise<RunningServer> => {
  const config = parse(ServerConfig, settings);
  refuseOpenDoors(config);
  const { stateDir } = config;
  await makeStateDir(stateDir);

  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    const failures: unknown[] = [];
    const alive = keepAlive();
    // What cannot be closed keeps nothing else open, least of all the store.
    for (const close of opened.splice(0).reverse()) await close().catch((error) => failures.push(error));
    clearInterval(alive);
    if (failures.length > 0) throw failures[0];
  };
  let closing: Promise<void> | undefined;
  const alive = keepAlive();
  try {
    const ids = createIds(systemClock);
    const log = createLog(config.logLevel);
    const { version } = manifest;
    const { otlpEndpoint } = config;
    const telemetry = await openTelemetry({ clock: systemClock, log, version, otlpEndpoint });
    opened.push(() => telemetry.close());
    const { metrics, tracer, observe } = telemetry;
    const store = await openSqliteStore({
      path: join(stateDir, 'harbor.db'),
      ids,
      observe,
      log,
      dropDamagedCommits: config.dropDamagedCommits,
    });
    opened.push(() => store.close());
    const { recorderCommand, forkServerCommand, mockAgentCommand, recorderPool, workspacePool } = config;
    const { agentCredentials, agentLends, agentPrograms } = config;
    const executor = await createProcessExecutor({
      stateDir,
      clock: systemClock,
      ids,
      recorderCommand,
      forkServerCommand,
      mockAgentCommand,
      agentCredentials,
      agentLends,
      agentPrograms,
      recorderPool,
      workspacePool,
      author: authorOf(config.deliveryAuthor),
      protectedBranches: config.protectedBranches,
      log,
      tracer,
    });
    opened.push(() => executor.close());
    const sender = createWebhookSender({
      networks: config.webhookNetworks,
      userAgent: `agent-harbor/${version}`,
    });
    opened.push(() => sender.close());
    const { maxConcurrentTasks, stopGraceMs, stopSessions, approve } = config;
    const lastBackup = lastBackupOf(stateDir, log);
    const tokenizer = createTokenizer(log);
    opened.push(() => tokenizer.close());
    const harbor = createHarbor({
      store,
      executor,
      forges: forgesOf(config.forges, systemClock, process.env),
      clock: systemClock,
      ids,
      maxConcurrentTasks,
      stopGraceMs,
      retention: { policy: policyOf(config.retention), lastBackup },
      approvals: { ...config.approvals, ...(approve === undefined ? {} : { default: approve }) },
      webhooks: { sender, retry: { firstMs: config.webhookRetryMs, attempts: config.webhookAttempts } },
      openCounter: tokenizer.open,
      log,
      metrics,
      tracer,
    });
    const figures = () =>
      telemetry.figures(harbor.figures, store.figures, executor.figures, () => backupFigures(lastBackup));
    const api = createApi({
      harbor,
      clock: systemClock,
      ids,
      credentials: await credentialsOf(config, await hostKey(stateDir)),
      version: { name: 'agent-harbor', version, apiVersion: 'v1' },
      openapi: () => parse(JsonObject, createOpenApiDocument({ version })),
      publicHosts: config.publicHosts,
      allowedOrigins: config.allowedOrigins,
      rateLimit: { quota: config.rateLimit.requests, windowSeconds: config.rateLimit.windowSeconds },
      assets: createSwaggerUiReader(),
      further: additions.further?.(harbor),
      patience: config.streams,
      log,
      metrics,
      tracer,
      figures,
    });
    opened.push(() => harbor.close({ stopSessions }));
    // Before anyone is served: until the live sessions are known, their streams would seem to be at their end.
    await harbor.resume();
    const scrapers = await openScrapers(config, async () => renderExposition(await figures()));
    if (scrapers !== undefined) opened.push(() => scrapers.close());
    const listening = await listen(api, {
      host: config.host,
      port: config.port,
      trustedProxies: config.trustedProxies,
    });
    opened.push(() => listening.close());
    store.announce(listening.url);
    await announceServer(stateDir, listening.url);
    opened.push(() => withdrawServer(stateDir));
    return {
      url: listening.url,
      pid: process.pid,
      stateDir,
      keyFile: keyFileIn(stateDir),
      metricsUrl: scrapers?.url,
      close() {
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (error) {
    await closeAll().catch(() => {});
    throw error;
  } finally {
    clearInterval(alive);
  }
};

/** The parts of `Name <mail>`, which was checked. */
const authorOf = (author: string | undefined) => {
  const [, name, email] = /^(.*) <(.*)>$/.exec(author ?? '') ?? [];
  return name === undefined || email === undefined ? undefined : { name, email };
};

/**
 * Unless a socket listens nothing holds the process: timers of the clock do not, and sessions that are taken up again, or
 * stopped, have to be waited for.
 */
const keepAlive = () => setInterval(() => undefined, 60_000);

/** The metrics at an address of their own, where one is configured. Where everybody may read them, any name will do. */
const openScrapers = async (
  { metricsAddress, metricsOpen, publicHosts }: ServerConfig,
  render: () => Promise<string>,
) =>
  metricsAddress === undefined
    ? undefined
    : listenForScrapers({
        ...hostAndPort(metricsAddress),
        names: metricsOpen ? null : publicHosts,
        contentType: expositionType,
        render,
      });
