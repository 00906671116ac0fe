import { DlmsError } from '../core/errors.js';
import type { DataBlockSA } from '../xdlms/common.js';
import { type Block, BlockReceiver, type BlockReceiverOptions } from './block-receiver.js';
import { BlockSender } from './block-sender.js';
import type { Conversation } from './conversation.js';
import type { ServiceLimits } from './limits.js';

// What a client does with blocks, whatever the service: it sends them one by one, or asks for them one by one.

export const emptyBlock: DataBlockSA = {
  lastBlock: false,
  blockNumber: 1,
  rawData: /* @__PURE__ */ new Uint8Array(0),
};
/** How many octets of a block fit next to the other fields of a request. @param request with an empty block */
export const roomOf = ({ sendSize }: ServiceLimits, request: Uint8Array): number =>
  sendSize - request.length - mostLengthOctets;
/** How many octets longer the length field of a block may be than that of an empty one. */
const mostLengthOctets = 4;

/** How a service carries the blocks of a request. */
export interface BlockRequests<A> {
  /** Octets of the value that fit into the first request, which also names the target. */
  readonly first: number;
  /** Octets of the value that fit into each following request. */
  readonly others: number;
  request(block: Block): Uint8Array;
  answer(bytes: Uint8Array): A;
  /**
   * The block number that an answer acknowledges; undefined for any other answer, which is then returned. Not called
   * for the answer to the last block.
   */
  acknowledged(answer: A, block: Block): number | undefined;
}
/**
 * Sends a value in blocks, each after the previous one has been acknowledged by its number. Returns the answer to the
 * last block, or the first answer that is not an acknowledgement: a server that cannot go on sends its final response.
 * @throws DlmsError `protocol/block-number`, `service/unsupported` when the server's PDU size leaves no room for a
 *   block
 */
export function* sendBlocks<A>(value: Uint8Array, service: BlockRequests<A>): Conversation<A> {
  const sender = new BlockSender(value);
  for (let size = service.first; ; size = service.others) {
    const block = sender.next(size);
    const answer = service.answer(yield service.request(block));
    const acknowledged = block.lastBlock ? undefined : service.acknowledged(answer, block);
    if (acknowledged === undefined) return answer;
    if (sender.acknowledge(acknowledged) !== 'news')
      throw new DlmsError('protocol/block-number', {
        side: 'remote',
        expected: block.blockNumber,
        received: acknowledged,
      });
  }
}

/**
 * Receives the blocks of a value, asking for each by naming the previous one.
 * @param next asks for the block after the one with this number. Anything but a block is a refusal, and is returned
 * @param onBlock called with the number of octets received so far
 * @throws DlmsError `protocol/block-number`, `protocol/unexpected-apdu`, `decode/too-large`
 */
export function* receiveBlocks<R extends object = never>(
  first: Block | R,
  options: Omit<BlockReceiverOptions<void>, 'join'>,
  next: (number: number) => Conversation<Block | R>,
  onBlock?: (received: number) => void,
): Conversation<Uint8Array | R> {
  const receiver = new BlockReceiver(options);
  let block = first;
  for (;;) {
    if (!isBlock(block)) return block;
    const received = receiver.take(block);
    if (received !== 'more' && received !== 'whole' && received !== 'again') throw receiver.error(received, block);
    if (received !== 'again') onBlock?.(receiver.length);
    if (received === 'whole') return receiver.octets();
    block = yield* next(receiver.count);
  }
}
const isBlock = (answer: object): answer is Block => 'rawData' in answer;
