import { arn } from '../../../core/arn.ts';
import { nameFrom, type RecordedTypes } from './record.ts';

/** Keys: nothing here is encrypted, the state directory is the user's own. */
export const kms: RecordedTypes = {
  'AWS::KMS::Key': {
    physicalId: (_request, unique) =>
      unique.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    attributes: ({ stack }, id) => ({ Arn: arn('kms', stack, `key/${id}`), KeyId: id }),
    replacedBy: ['KeySpec', 'KeyUsage', 'MultiRegion'],
  },
  'AWS::KMS::Alias': { physicalId: nameFrom('AliasName'), replacedBy: ['AliasName'] },
};
