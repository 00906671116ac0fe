import { DlmsError } from '../core/errors.js';
import type { DataBlockSA } from '../xdlms/common.js';
import { type Block, BlockReceiver, type BlockReceiverOptions } from './block-receiver.js';
import { BlockSender } from './block-sender.js';
import type { Conversation } from './conversation.js';
import type { ServiceLimits } from './limits.js';

// What a client does with blocks, whatever the service: it sends them one after the other, and asks for them one after the other.

export const emptyBlock: DataBlockSA = {
  lastBlock: false,
  blockNumber: 1,
  rawData: /* @__PURE__ */ new Uint8Array(0),
};
/** Octets of a block that fit beside the other fields of a request. @param request with an empty block */
export const roomOf = ({ sendSize }: ServiceLimits, request: Uint8Array): number =>
  sendSize - request.length - mostLengthOctets;
/** What the length of a block may have more than that of an empty one. */
const mostLengthOctets = 4;

/** How a service carries the blocks of a request. */
export interface BlockRequests<A> {
  /** Octets of the value that fit the first request (it also names what it is about), and the following ones. */
  readonly first: number;
  readonly others: number;
  request(block: Block): Uint8Array;
  answer(bytes: Uint8Array): A;
  /** The number that an answer acknowledges; undefined when it is something else, and to be returned. Not asked of the answer to the last block. */
  acknowledged(answer: A, block: Block): number | undefined;
}
/**
 * Sends a value in blocks, each when the one before is acknowledged by its number. What the server says to the last block is returned, and what it says instead of an
 * acknowledgement: a server that cannot go on does so with its final response.
 * @throws DlmsError `protocol/block-number`, `service/unsupported` when the server's PDU size leaves no room for a block
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
 * Takes the blocks of a value, asking for the next by naming the last one.
 * @param next asks for the block behind the one with this number; what is no block is a refusal, and returned
 * @param onBlock hears how many octets there are
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
