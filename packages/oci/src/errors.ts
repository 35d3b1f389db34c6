export type OciErrorCode =
  | 'DIGEST_INVALID'
  | 'DIGEST_MISMATCH'
  | 'SIZE_MISMATCH'
  | 'REFERENCE_INVALID'
  | 'DESCRIPTOR_INVALID'
  | 'MANIFEST_INVALID'
  | 'CONFIG_INVALID'
  | 'LAYER_INVALID'
  | 'LAYER_UNSAFE'
  | 'LAYER_TOO_LARGE'
  | 'LAYOUT_INVALID'
  | 'BLOB_UNKNOWN'
  | 'REGISTRY_FAILED';

/** Everything this package refuses, with a code that callers can rely on and a sentence for people. */
export class OciError extends Error {
  readonly code: OciErrorCode;

  constructor(code: OciErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OciError';
    this.code = code;
  }
}

/** Runs a step and, when it fails, says what was being done while keeping the code and the cause. */
export async function whileDoing<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof OciError)
      throw new OciError(error.code, `${what}: ${error.message}`, { cause: error });
    throw error;
  }
}
