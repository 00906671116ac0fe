import { DlmsError } from '../../core/errors.js';

export function linkError(side: 'local' | 'remote', state: string, reason: string): DlmsError {
  return new DlmsError('protocol/link', { side, state, reason });
}
