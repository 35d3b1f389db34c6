export type { Assets } from './assets.ts';
export { loadAssets } from './assets.ts';
export type { Caller } from './caller.ts';
export { accessTokens } from './caller.ts';
export type { Callers } from './callers.ts';
export { createCallers, createCallersByKeys } from './callers.ts';
export type { Command, CommandProcess } from './command.ts';
export { runCommand } from './command.ts';
export type { Environment, ServiceConfig } from './config.ts';
export {
  ConfigError,
  readBucketName,
  readServiceConfig,
  readServiceUrl,
  readTableName,
  readText,
} from './config.ts';
export { cursorOf, decodeCursor, encodeCursor, pageOf } from './cursor.ts';
export { etagOf, requireMatch } from './etag.ts';
export type { EventSource, ServerEvent } from './events.ts';
export { lastEventIdOf, streamEvents } from './events.ts';
export type { Html } from './html.ts';
export { html } from './html.ts';
export type { Identity, WhoAmI } from './identity.ts';
export type { Kit } from './kit.ts';
export { createKit } from './kit.ts';
export type { Language, Texts } from './language.ts';
export { chooseLanguage, defineTexts, fill } from './language.ts';
export type { Logger } from './logger.ts';
export { createLogger, openOutput } from './logger.ts';
export type { Metrics } from './metrics.ts';
export type { OpenApi } from './openapi.ts';
export { ownAddressOf } from './origin.ts';
export type { Page } from './page.ts';
export { Problem } from './problem.ts';
export type { Limit, Limiter } from './rate-limit.ts';
export { addressOf } from './rate-limit.ts';
export type { ReadyCheck } from './readiness.ts';
export type { Route, RouteInput } from './route.ts';
export { route } from './route.ts';
export type { HostProcess, Serving } from './serve.ts';
export { run, serve } from './serve.ts';
export type { PageRequest, PageRoute, ServiceDefinition } from './service.ts';
export { createService } from './service.ts';
export type { SigningKeys } from './signing-keys.ts';
export type { World } from './world.ts';
