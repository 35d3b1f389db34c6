import { basicAuthorization, type Credentials, fetchBearerToken } from './auth.ts';
import { RegistryFailure, readFailure } from './failure.ts';

export interface TransportOptions {
  /** `https://host[:port]`, or http for a registry on this machine. */
  readonly url: string;
  readonly credentials?: Credentials;
  readonly fetch?: typeof globalThis.fetch;
}

/** Requests to one registry with its authentication: basic, or a bearer token where the registry asks for one. */
export class Transport {
  readonly url: URL;
  readonly #credentials: Credentials | undefined;
  readonly #fetch: typeof globalThis.fetch;
  readonly #tokens = new Map<string, string>();

  constructor({ url, credentials, fetch = globalThis.fetch }: TransportOptions) {
    this.url = new URL(url);
    this.#credentials = credentials;
    this.#fetch = fetch;
  }

  /** `target` is a path beneath the repository, or the whole address that the registry gave for an upload. */
  async send(repository: string, target: string | URL, init: RequestInit): Promise<Response> {
    const url = target instanceof URL ? target : new URL(`/v2/${repository}/${target}`, this.url);
    const response = await this.#attempt(url, repository, init);
    const challenge = response.headers.get('www-authenticate');
    if (response.status !== 401 || challenge === null || url.host !== this.url.host) return response;
    const token = await fetchBearerToken(challenge, {
      registry: this.url,
      credentials: this.#credentials,
      fetch: this.#fetch,
    });
    if (token === undefined) return response;
    await discard(response);
    this.#tokens.set(repository, token);
    return this.#attempt(url, repository, init);
  }

  /** Throws a RegistryFailure that says what was being done unless the answer is one of these. */
  async expect(response: Response, statuses: readonly number[], what: string): Promise<void> {
    if (!statuses.includes(response.status)) throw await readFailure(response, `${what} at ${this.url.host}`);
  }

  async #attempt(url: URL, repository: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const authorization = url.host === this.url.host ? this.#authorization(repository) : undefined;
    if (authorization !== undefined) headers.set('authorization', authorization);
    try {
      return await this.#fetch(url, { ...init, headers });
    } catch (error) {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new RegistryFailure(`the registry ${this.url.host} cannot be reached: ${cause}`, 0, [], {
        cause: error,
      });
    }
  }

  #authorization(repository: string): string | undefined {
    const token = this.#tokens.get(repository);
    if (token !== undefined) return `Bearer ${token}`;
    return this.#credentials === undefined ? undefined : basicAuthorization(this.#credentials);
  }
}

/** Lets go of an answer whose body nobody reads. */
export async function discard(response: Response): Promise<undefined> {
  await response.body?.cancel();
}
