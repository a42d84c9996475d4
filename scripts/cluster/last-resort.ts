import { spawn, type ChildProcess } from 'node:child_process';

/** Waits until its input ends. Without the word `end` before that, whoever started it was killed. */
const KEEPER = `
kills=; stops=; folder=
while read -r what value; do
  case $what in
    kill) kills="$kills $value" ;;
    stop) stops="$stops $value" ;;
    folder) folder=$value ;;
    end) exit ;;
  esac
done
[ -z "$stops" ] || kill $stops 2>/dev/null
[ -z "$kills" ] || kill -KILL $kills 2>/dev/null
[ -z "$folder" ] || rm -rf "$folder"
`;

/** Ends what this process has started, and removes its folder, if it is killed before it can do that itself. */
export class LastResort {
  readonly #keeper: ChildProcess;

  constructor(folder: string) {
    // A process group of its own: Ctrl-C is for us.
    this.#keeper = spawn('sh', ['-c', KEEPER], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#keeper.unref();
    this.#say(`folder ${folder}`);
  }

  /** `stop`: of a program that ends its own processes, if it is asked to. */
  add(pid: number, how: 'kill' | 'stop' = 'kill'): void {
    this.#say(`${how} ${String(pid)}`);
  }

  /** All is ended and removed. */
  end(): void {
    this.#keeper.stdin?.end('end\n');
  }

  #say(line: string): void {
    this.#keeper.stdin?.write(`${line}\n`);
  }
}
