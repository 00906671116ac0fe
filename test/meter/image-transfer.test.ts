import { describe, expect, it } from 'vitest';
import { ImageTransfer } from '../../src/cosem/classes/image-transfer.js';
import type { ImageOptions, ImageStore, Knobs } from '../../src/meter/index.js';
import { aMeter } from './a-meter.js';

const octets = (n: number): Uint8Array => new Uint8Array(n).fill(0x41);

function aTransfer(options: ImageOptions = {}, knobs: Partial<Knobs> = {}) {
  const engine = aMeter(knobs);
  const object = engine.add(
    ImageTransfer,
    '0-0:44.0.0*255',
    { imageBlockSize: 100, imageTransferEnabled: true },
    { options: { ...options } },
  );
  engine.start();
  const initiate = (imageSize: number) =>
    object.invoke('imageTransferInitiate', { imageIdentifier: octets(4), imageSize }, 'client');
  const block = (imageBlockNumber: number, imageBlockValue: Uint8Array) =>
    object.invoke('imageBlockTransfer', { imageBlockNumber, imageBlockValue }, 'client');
  const cut = (): void => {
    engine.power(false);
    engine.advanceTo(engine.elapsed + 60_000);
    engine.power(true);
  };
  return { engine, object, initiate, block, cut };
}

describe('an image', () => {
  it('is given to the store without the padding of its last block, checked, and activated', () => {
    const written: [number, number][] = [];
    const store: ImageStore = {
      begin: () => undefined,
      write: (offset, part) => void written.push([offset, part.length]),
      check: () => ({ good: true, signature: octets(8) }),
      activate: () => false,
    };
    const { engine, object, initiate, block } = aTransfer({ store });
    initiate(150);
    block(1, octets(100));
    block(0, octets(100));
    expect(written).toEqual([
      [100, 50],
      [0, 100],
    ]);
    object.invoke('imageVerify', 0, 'client');
    expect(object.get('imageToActivateInfo')).toMatchObject([
      { imageToActivateSize: 150, imageToActivateSignature: octets(8) },
    ]);
    expect(() => object.invoke('imageActivate', 0, 'client')).toThrow('temporary-failure');
    engine.advanceTo(0);
    expect(object.get('imageTransferStatus')).toBe('image-activation-failed');
    expect(object.get('imageToActivateInfo')).toEqual([]);
  });
  it('that is too large or empty is refused, and takes no memory', () => {
    const { object, initiate } = aTransfer({}, { maxImageSize: 1000 });
    for (const size of [0, 1001, 0xffff_ffff]) expect(() => initiate(size)).toThrow('other-reason');
    expect(object.get('imageTransferredBlocksStatus')).toBe('');
  });
  it('goes on after a loss of supply, unless its blocks are kept in volatile memory', () => {
    for (const [imageBitmap, status, bitmap] of [
      ['persistent', 'image-transfer-initiated', '10'],
      ['volatile', 'image-transfer-not-initiated', ''],
    ] as const) {
      const { object, initiate, block, cut } = aTransfer({}, { imageBitmap });
      initiate(200);
      block(0, octets(100));
      cut();
      expect([object.get('imageTransferStatus'), object.get('imageTransferredBlocksStatus')]).toEqual([status, bitmap]);
    }
  });
  it('that was being checked is checked again after a loss of supply', () => {
    const { object, initiate, block, cut } = aTransfer({ verifySeconds: 10 });
    initiate(100);
    block(0, octets(100));
    expect(() => object.invoke('imageVerify', 0, 'client')).toThrow('temporary-failure');
    cut();
    expect(object.get('imageTransferStatus')).toBe('image-transfer-initiated');
    expect(() => object.invoke('imageVerify', 0, 'client')).toThrow('temporary-failure');
  });
  it('waits while the transfer is disabled', () => {
    const { object, initiate, block } = aTransfer();
    initiate(200);
    object.write('imageTransferEnabled', false, 'client');
    expect(() => block(0, octets(100))).toThrow('other-reason');
    object.write('imageTransferEnabled', true, 'client');
    block(0, octets(100));
    expect(object.get('imageFirstNotTransferredBlockNumber')).toBe(1);
  });
  it('a client cannot set its status', () => {
    const { object } = aTransfer();
    expect(() => object.write('imageTransferStatus', 'image-verification-successful', 'client')).toThrow(
      'other-reason',
    );
  });
});
