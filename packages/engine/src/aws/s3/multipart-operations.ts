import { answerEmpty, answerXml } from './answer.ts';
import { readText, readUpload } from './body.ts';
import { s3Error } from './errors.ts';
import type { FaceParts } from './face.ts';
import { readCondition } from './object-operations.ts';
import { readObjectHeaders, type S3Request } from './request.ts';
import { elements, parseDocument } from './xml.ts';

export function multipartOperations({ uploads }: FaceParts) {
  return {
    list(call: S3Request): void {
      const all = uploads.list(call.bucket);
      const Upload = all.map(({ id, key, initiated }) => ({
        Key: key,
        UploadId: id,
        Initiated: new Date(initiated),
      }));
      answerXml(call, 'ListMultipartUploadsResult', { Bucket: call.bucket, IsTruncated: false, Upload });
    },
    begin(call: S3Request): void {
      const { bucket, key, request } = call;
      const { id } = uploads.begin(bucket, key, readObjectHeaders(request));
      answerXml(call, 'InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
    },
    async putPart(call: S3Request): Promise<void> {
      const { bucket, key, request, query } = call;
      if (request.headers['x-amz-copy-source'] !== undefined) {
        throw s3Error('NotImplemented', 'UploadPartCopy is not carried out locally');
      }
      const number = Number(query.get('partNumber'));
      const part = await uploads.putPart(bucket, key, query.get('uploadId')!, number, readUpload(request));
      const checksum = part.checksum && {
        [`x-amz-checksum-${part.checksum.algorithm}`]: part.checksum.value,
      };
      answerEmpty(call, 200, { etag: `"${part.etag}"`, ...checksum });
    },
    listParts(call: S3Request): void {
      const { bucket, key, query } = call;
      const { id } = uploads.get(bucket, key, query.get('uploadId')!);
      const Part = uploads.parts(bucket, id).map(({ number, etag, size, lastModified }) => ({
        ...{ PartNumber: number, ETag: `"${etag}"`, Size: size, LastModified: new Date(lastModified) },
      }));
      answerXml(call, 'ListPartsResult', {
        Bucket: bucket,
        Key: key,
        UploadId: id,
        IsTruncated: false,
        Part,
      });
    },
    async complete(call: S3Request): Promise<void> {
      const { bucket, key, request, query } = call;
      const document = parseDocument(await readText(request), 'CompleteMultipartUpload');
      const parts = elements(document.Part).map(({ PartNumber, ETag }) => ({
        ...{ number: Number(PartNumber), etag: String(ETag ?? '') },
      }));
      const row = await uploads.complete(bucket, key, query.get('uploadId')!, parts, readCondition(call));
      answerXml(call, 'CompleteMultipartUploadResult', { Bucket: bucket, Key: key, ETag: `"${row.etag}"` });
    },
    async abort(call: S3Request): Promise<void> {
      await uploads.abort(call.bucket, call.key, call.query.get('uploadId')!);
      answerEmpty(call, 204);
    },
  };
}
