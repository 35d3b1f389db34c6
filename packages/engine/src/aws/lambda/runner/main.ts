import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type FunctionError,
  JOB_FILE,
  type Job,
  LOADED_FILE,
  MAX_ANSWER_BYTES,
  RESULT_FILE,
  type RunResult,
} from './job.ts';
import { logThroughConsole, writeLine } from './log.ts';

/**
 * Runs one invocation: loads the code, calls its handler, leaves the result and ends. Whatever the code does to this
 * process concerns its own invocation only; the engine holds its time and memory from outside.
 */
const directory = dirname(process.argv[2]!);
const job = JSON.parse(readFileSync(join(directory, JOB_FILE), 'utf8')) as Job;
const started = performance.now();
let loaded = started;

type Handler = (event: unknown, context: object) => unknown;

process.on('uncaughtException', error => end(failed(describe(error))));
process.on('unhandledRejection', reason => {
  const { errorMessage, trace } = describe(reason);
  end(failed({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, ...(trace && { trace }) }));
});
// Nothing is left to wait for and the handler has not answered: Lambda answers null.
process.on('beforeExit', () => end({ status: 'succeeded', answer: 'null' }));

process.env = { ...job.variables, ...process.env };
logThroughConsole(job.requestId);
writeLine(`START RequestId: ${job.requestId} Version: $LATEST`);
await run(load());

function load(): Handler {
  let exported: Record<string, unknown> | undefined;
  try {
    exported = createRequire(join(job.code, 'index.js'))('./index.js') as Record<string, unknown> | undefined;
  } catch (error) {
    return end(failed(loadingError(error)));
  }
  const handler = exported?.[job.handler];
  if (typeof handler !== 'function') {
    const errorMessage = `index.${job.handler} is undefined or not exported`;
    return end(failed({ errorType: 'Runtime.HandlerNotFound', errorMessage }));
  }
  loaded = performance.now();
  writeFileSync(join(directory, LOADED_FILE), '');
  return handler as Handler;
}

async function run(handler: Handler): Promise<void> {
  try {
    end(answered(await handler(JSON.parse(job.event), contextOf())));
  } catch (error) {
    end(failed(describe(error)));
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(): object {
  const deadline = performance.now() + job.timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: '$LATEST',
    functionName: job.functionName,
    memoryLimitInMB: String(job.memoryMiB),
    logGroupName: job.log.group,
    logStreamName: job.log.stream,
    invokedFunctionArn: job.functionArn,
    awsRequestId: job.requestId,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
  };
}

function answered(value: unknown): RunResult {
  let answer: string;
  try {
    answer = JSON.stringify(value) ?? 'null';
  } catch (error) {
    return failed({
      errorType: 'Runtime.MarshalError',
      errorMessage: `Unable to stringify response body: ${describe(error).errorMessage}`,
    });
  }
  if (Buffer.byteLength(answer) <= MAX_ANSWER_BYTES) return { status: 'succeeded', answer };
  return failed({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_ANSWER_BYTES} bytes).`,
  });
}

function failed(error: FunctionError): RunResult {
  const { errorType, errorMessage, trace: stack } = error;
  console.error('Invoke Error', `\t${JSON.stringify({ errorType, errorMessage, stack })}`);
  return { status: 'failed', error };
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function loadingError(error: unknown): FunctionError {
  const { errorType, errorMessage, ...rest } = describe(error);
  const missing = (error as NodeJS.ErrnoException | undefined)?.code === 'MODULE_NOT_FOUND';
  if (missing)
    return { errorType: 'Runtime.ImportModuleError', errorMessage: `Error: ${errorMessage}`, ...rest };
  if (errorType === 'SyntaxError')
    return {
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: `SyntaxError: ${errorMessage}`,
      ...rest,
    };
  return { errorType, errorMessage, ...rest };
}

/** The result appears whole, by rename; nothing runs after it, as nothing runs in a frozen environment. */
function end(result: RunResult): never {
  const file = join(directory, RESULT_FILE);
  writeFileSync(`${file}.part`, JSON.stringify(result));
  renameSync(`${file}.part`, file);
  const duration = performance.now() - loaded;
  const memory = Math.ceil(process.memoryUsage.rss() / 1024 / 1024);
  writeLine(`END RequestId: ${job.requestId}`);
  writeLine(
    [
      `REPORT RequestId: ${job.requestId}`,
      `Duration: ${duration.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(performance.now() - started)} ms`,
      `Memory Size: ${job.memoryMiB} MB`,
      `Max Memory Used: ${memory} MB`,
      `Init Duration: ${(loaded - started).toFixed(2)} ms`,
    ].join('\t'),
  );
  process.exit(0);
}
