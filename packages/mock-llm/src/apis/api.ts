import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import type { Frame, Refusal, Reply } from '../exchange/reply.ts';
import type { ModelRequest } from '../exchange/request.ts';

/** The words of one vendor. */
export interface Api {
  /** Reads a request; throws an `invalid-request` problem that names what is wrong. */
  read(body: unknown, inPath: InPath): ModelRequest;
  /** A reply as one document. */
  whole(reply: Reply, request: ModelRequest): JsonObject;
  /** A reply as a stream. */
  frames(reply: Reply, request: ModelRequest): readonly Frame[];
  /** The body of a failure. */
  failure(refusal: Refusal): JsonObject;
  /** What tells that it is overloaded. */
  readonly overload: Omit<Refusal, 'message'>;
  /** What a token count is answered with, where there is one. */
  count?(tokens: number): JsonObject;
}

/** What stands in the path of a request and not in its body. */
interface InPath {
  readonly model?: string | undefined;
  readonly stream?: boolean | undefined;
  readonly session?: string | undefined;
}
