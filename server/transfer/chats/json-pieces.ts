import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';

/** A value within a JSON text, and the keys and positions that lead to it. */
export interface JsonPiece {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** What is wrong with a JSON text. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
}

/** Levels of arrays and objects within each other. An export of a chat program has less than ten. */
const DEPTH_MAX = 64;
/** Bytes of one piece, and of one text or number. */
const PIECE_MAX = 16 * 1024 * 1024;

/** Cuts a JSON text of any length into the pieces that `paths` name, such as `$.chats.list.*.name`, and holds one of them. Everything else
 *  is checked and forgotten. `depthOf`: at what depth pieces begin under a key of the outermost object; Infinity where there are none. */
export class JsonPieces {
  readonly #tokenizer = new Tokenizer();
  readonly #parser;
  readonly #depthOf;
  #found: JsonPiece[] = [];
  #depth = 0;
  #lastText: unknown = '';
  #pieceDepth = Infinity;
  #pieceStart = 0;
  #written = 0;
  #lastToken = 0;

  constructor(paths: readonly string[], depthOf: (key: string) => number) {
    this.#depthOf = depthOf;
    const parser = new TokenParser({ paths: [...paths], keepStack: false });
    this.#parser = parser;
    this.#tokenizer.onToken = ({ token, value, offset }) => {
      this.#guard(token, value, offset);
      parser.write({ token, value });
    };
    parser.onValue = ({ value, key, stack }) => {
      const path = [...stack.slice(1).map((each) => each.key ?? ''), key ?? ''];
      this.#found.push({ path, value });
      this.#pieceStart = this.#lastToken;
    };
  }

  /** The pieces that a further part of the text completes. @throws JsonFault */
  write(chunk: Uint8Array): readonly JsonPiece[] {
    this.#found = [];
    this.#written += chunk.length;
    try {
      this.#tokenizer.write(chunk);
    } catch (error) {
      if (error instanceof JsonFault) throw error;
      throw new JsonFault(`it is not JSON after byte ${String(this.#lastToken)}`, { cause: error });
    }
    if (this.#written - this.#lastToken > PIECE_MAX + chunk.length)
      throw new JsonFault('a text in it is too long');
    return this.#found;
  }

  /** @throws JsonFault if the text is not complete */
  end(): void {
    if (!this.#parser.isEnded) throw new JsonFault('it ends too early');
  }

  /** Whoever made the file could otherwise have it all kept in memory. */
  #guard(token: TokenType, value: unknown, offset: number): void {
    this.#lastToken = offset;
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) this.#depth += 1;
    else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) this.#depth -= 1;
    else if (token === TokenType.STRING) this.#lastText = value;
    else if (token === TokenType.COLON && this.#depth === 1)
      this.#pieceDepth = this.#depthOf(String(this.#lastText));
    if (this.#depth > DEPTH_MAX) throw new JsonFault('it is nested too deeply');
    if (this.#depth < this.#pieceDepth) this.#pieceStart = offset;
    else if (offset - this.#pieceStart > PIECE_MAX) throw new JsonFault('a part of it is too long');
  }
}
