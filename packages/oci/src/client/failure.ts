import { OciError } from '../errors.ts';

/** A registry's refusal. `status` is 0 when it was not reached; `codes` are those of the OCI errors form. */
export class RegistryFailure extends OciError {
  readonly status: number;
  readonly codes: readonly string[];

  constructor(message: string, status: number, codes: readonly string[], options?: ErrorOptions) {
    super('REGISTRY_FAILED', message, options);
    this.name = 'RegistryFailure';
    this.status = status;
    this.codes = codes;
  }
}

export async function readFailure(response: Response, what: string): Promise<RegistryFailure> {
  const errors = parseErrors(await response.text().catch(() => ''));
  const said = errors.map(error => (error.message === '' ? error.code : error.message)).join('; ');
  const sentence = `${what}: ${said === '' ? hint(response.status) : said} (status ${response.status})`;
  return new RegistryFailure(
    sentence,
    response.status,
    errors.map(error => error.code),
  );
}

function parseErrors(text: string): { code: string; message: string }[] {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown };
    if (!Array.isArray(errors)) return [];
    return errors.map(({ code, message }: Record<string, unknown>) => ({
      code: String(code ?? 'UNKNOWN'),
      message: typeof message === 'string' ? message.slice(0, 500) : '',
    }));
  } catch {
    return [];
  }
}

function hint(status: number): string {
  if (status === 401) return 'the registry does not know these credentials';
  if (status === 403) return 'the credentials do not allow it';
  if (status === 404) return 'there is no such repository or content';
  return 'the registry refused';
}
