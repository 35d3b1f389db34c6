import type { Api, RawFace, RestApi } from '../core/api.ts';
import { createWire } from './server.ts';

/** A wire that listens for a test. Closing it throws what no answer should have been: a bug behind a face. */
export interface TestWire extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** What an AWS SDK client is made with; it asks once, so that no second attempt hides a fault. */
  readonly clientConfig: ReturnType<typeof clientConfigOf>;
  close(): Promise<void>;
}

export async function openTestWire(given: {
  apis?: (Api | RestApi)[];
  faces?: RawFace[];
}): Promise<TestWire> {
  const faults: unknown[] = [];
  const wire = createWire({
    apis: [],
    faces: [],
    account: '123456789012',
    onError: error => faults.push(error),
    ...given,
  });
  const { port } = await wire.listen(0);
  const endpoint = `http://127.0.0.1:${port}`;
  const close = async () => {
    await wire.close();
    if (faults.length > 0) throw new AggregateError(faults, 'a call met a bug');
  };
  return { endpoint, clientConfig: clientConfigOf(endpoint), close, [Symbol.asyncDispose]: close };
}

/** An SDK client of the engine at `endpoint`, signed by nobody in particular. */
function clientConfigOf(endpoint: string) {
  return {
    endpoint,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
}
