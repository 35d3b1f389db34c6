export type ImageErrorCode =
  | 'DOCKERFILE_INVALID'
  | 'NEEDS_DOCKER'
  | 'UNSUPPORTED'
  | 'CONTEXT_INVALID'
  | 'BASE_UNKNOWN'
  | 'REPOSITORY_UNKNOWN'
  | 'IMAGE_UNKNOWN'
  | 'TAG_TAKEN'
  | 'REGISTRY_FAILED'
  | 'USAGE';

/** What this builder refuses, with a stable code and one sentence that says what to do. */
export class ImageError extends Error {
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageError';
    this.code = code;
  }
}
