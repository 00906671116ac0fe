import { ImageTransfer } from '../../cosem/classes/image-transfer.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

/** Stores an image, checks it, and makes it the firmware. */
export interface ImageStore {
  /** Starts a new image, which discards what there was of the previous one. */
  begin(identifier: Uint8Array, size: number): void;
  /** Stores a part; the same part may come again. */
  write(offset: number, octets: Uint8Array): void;
  /** Whether the whole image is correct, and its signature. */
  check(): { readonly good: boolean; readonly signature?: Uint8Array };
  /** Makes it the firmware. @returns whether that worked; if not, the previous firmware stays, and the image is lost */
  activate(): boolean;
}
/** Options of an Image transfer object. */
export interface ImageOptions {
  readonly store?: ImageStore;
  /** Without a store: the result of the check. Default: true. */
  readonly imageIsGood?: boolean;
  /** Seconds that the check takes. Default: 0; the response has the result. */
  readonly verifySeconds?: number;
  /** Seconds that the activation takes. Default: 0. */
  readonly activateSeconds?: number;
}
interface State {
  readonly identifier: Uint8Array;
  readonly size: number;
  /** One octet for each block: 1 if transferred. */
  readonly blocks: Uint8Array;
  /** The first block not transferred. */
  readonly first: number;
}
type Self = Running<typeof ImageTransfer, State>;
const none: State = { identifier: new Uint8Array(), size: 0, blocks: new Uint8Array(), first: 0 };
const optionsOf = (self: Self): ImageOptions => self.options as ImageOptions;
const statusOf = (self: Self): string => String(self.get('imageTransferStatus'));

function enabled(self: Self): void {
  if (!self.get('imageTransferEnabled')) refuse();
}
function busy(): never {
  throw new AccessRefused('temporary-failure');
}
function initiate(self: Self, identifier: Uint8Array, size: number): void {
  enabled(self);
  if (size === 0 || size > self.engine.knobs.maxImageSize) refuse();
  const count = Math.ceil(size / self.get('imageBlockSize'));
  optionsOf(self).store?.begin(identifier, size);
  self.schedule('image', undefined);
  self.state = { identifier, size, blocks: new Uint8Array(count), first: 0 };
  self.set('imageTransferStatus', 'image-transfer-initiated', 'method');
  self.set('imageToActivateInfo', [], 'method');
}
/** All blocks but the last have the block size; the last may be padded to it. */
function take(self: Self, number: number, octets: Uint8Array): void {
  enabled(self);
  const { size, blocks, first } = self.state;
  if (statusOf(self) !== 'image-transfer-initiated' || number >= blocks.length) refuse();
  const blockSize = self.get('imageBlockSize');
  const needed = Math.min(blockSize, size - number * blockSize);
  const padded = number === blocks.length - 1 && octets.length === blockSize;
  if (octets.length !== needed && !padded) refuse();
  optionsOf(self).store?.write(number * blockSize, octets.subarray(0, needed));
  // Changed in place: copying each state would cost the square of the number of blocks.
  blocks[number] = 1;
  let next = first;
  while (blocks[next] === 1) next++;
  self.state = { ...self.state, first: next };
  self.engine.changed(self as never, 'imageTransferredBlocksStatus', 'method');
}
function verify(self: Self): void {
  enabled(self);
  const { blocks, first } = self.state;
  const status = statusOf(self);
  if (status === 'image-verification-initiated') busy();
  if (status === 'image-verification-successful') return;
  if (status !== 'image-transfer-initiated' || first < blocks.length) refuse();
  const { verifySeconds = 0 } = optionsOf(self);
  if (verifySeconds > 0) {
    self.set('imageTransferStatus', 'image-verification-initiated', 'method');
    self.schedule('image', self.engine.elapsed + verifySeconds * 1000);
    busy();
  }
  if (!verified(self)) refuse();
}
function verified(self: Self): boolean {
  const { store, imageIsGood = true } = optionsOf(self);
  const { good, signature = new Uint8Array() } = store?.check() ?? { good: imageIsGood };
  const { identifier, size } = self.state;
  self.set('imageTransferStatus', good ? 'image-verification-successful' : 'image-verification-failed');
  if (good)
    self.set('imageToActivateInfo', [
      {
        imageToActivateSize: size,
        imageToActivateIdentification: identifier,
        imageToActivateSignature: signature,
      },
    ]);
  self.engine.raise(good ? 'imageVerified' : 'imageVerificationFailed');
  return good;
}
function activate(self: Self, cause: string): void {
  enabled(self);
  const status = statusOf(self);
  if (status === 'image-activation-initiated') busy();
  if (status !== 'image-verification-successful') refuse();
  self.set('imageTransferStatus', 'image-activation-initiated', 'method');
  const { activateSeconds = 0 } = optionsOf(self);
  self.schedule('image', self.engine.elapsed + activateSeconds * 1000);
  // Nobody waits for the response to a script; what follows is done all the same.
  if (cause !== 'script') busy();
}
function activated(self: Self): void {
  const works = optionsOf(self).store?.activate() ?? true;
  self.set('imageTransferStatus', works ? 'image-activation-successful' : 'image-activation-failed');
  if (works) return self.engine.raise('imageActivated');
  self.state = none;
  self.set('imageToActivateInfo', []);
}
function forget(self: Self): void {
  self.state = none;
  self.set('imageTransferStatus', 'image-transfer-not-initiated');
  self.set('imageToActivateInfo', []);
}

/**
 * Image transfer (class 18): one process for all clients, which continues after a lost connection and after a loss of
 * supply (knob `imageBitmap`). During a check or an activation, the answer is temporary-failure. If blocks are missing,
 * a check is refused and the status stays (one source sets "failed").
 */
export const imageTransferBehaviour: Behaviour<typeof ImageTransfer, State> = {
  definition: ImageTransfer,
  state: () => none,
  defaults: () => ({
    imageBlockSize: 1024,
    imageTransferEnabled: false,
    imageTransferStatus: 'image-transfer-not-initiated',
    imageToActivateInfo: [],
  }),
  computed: {
    imageTransferredBlocksStatus: (self) => Array.from(self.state.blocks, String).join(''),
    imageFirstNotTransferredBlockNumber: (self) => self.state.first,
  },
  write: {
    imageBlockSize: refuse,
    imageTransferStatus: refuse,
    imageTransferEnabled(self, on, cause) {
      self.set('imageTransferEnabled', on, cause);
      if (on || self.engine.knobs.imageDisable === 'suspend') return;
      self.schedule('image', undefined);
      forget(self);
    },
  },
  methods: {
    imageTransferInitiate: (self, { imageIdentifier, imageSize }) => initiate(self, imageIdentifier, imageSize),
    imageBlockTransfer: (self, { imageBlockNumber, imageBlockValue }) => take(self, imageBlockNumber, imageBlockValue),
    imageVerify: verify,
    imageActivate: (self, _, cause) => activate(self, cause),
  },
  due: {
    image(self) {
      if (statusOf(self) === 'image-verification-initiated') verified(self);
      else activated(self);
    },
  },
  powerDown: (self) => self.schedule('image', undefined),
  powerUp(self) {
    const status = statusOf(self);
    if (status === 'image-activation-initiated')
      // The previous firmware stays, and the image waits for another command.
      self.set('imageTransferStatus', 'image-verification-successful');
    else if (status === 'image-verification-initiated') self.set('imageTransferStatus', 'image-transfer-initiated');
    if (self.engine.knobs.imageBitmap === 'volatile' && statusOf(self) === 'image-transfer-initiated') forget(self);
  },
};
