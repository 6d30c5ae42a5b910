/**
 * The engines of a run, and whose programs stand in them. A context that another one has to wait for is played on top of it, in
 * an engine of its own, while there is one; else the one that waits gives its program up and is run again later. Which of
 * the two happens never shows.
 */
import type { Context } from "./context";
import { Defect } from "./defect";
import { LEAVE, type Value } from "./engine";
import { type Call, Status } from "./inside/calls";
import type { Programs } from "./programs";
import type { Handler, Sandbox, Thrown } from "./sandbox";
import type { Scheduler } from "./scheduler";
import type { RunState } from "./state";

/** Whoever answers a context's program for real, and hears of its end. */
export interface Answers {
  answerer(context: Context, sandbox: Sandbox): Pick<Handler, "call" | "text">;
  finished(context: Context, came: { returned: Value } | { thrown: Thrown }): void;
}

export class Stage {
  /** contexts with a program on the stack, the outermost first: each in the engine of the same place */
  private readonly live: Context[] = [];
  private wants: () => boolean = () => false;

  constructor(
    private readonly state: RunState,
    private readonly engines: readonly Sandbox[],
    private readonly programs: Programs,
    private readonly scheduler: Scheduler,
    private readonly answers: Answers,
  ) {}

  /** Plays contexts until the run has ended; or, false, until one could be played on top of another if there were an engine. */
  play(wants: () => boolean): boolean {
    this.wants = wants;
    for (;;) {
      const next = this.scheduler.next();
      if (!next) return true;
      if (wants()) return false;
      this.playOne(next);
    }
  }

  /** Lets others play until it is the turn of `mine`; leaves its program if that takes its engine, or the run has ended. */
  settle(mine: Context): void {
    for (;;) {
      const next = this.scheduler.next();
      if (next === mine) return;
      if (!next || this.live.includes(next) || this.live.length === this.engines.length || this.wants()) throw LEAVE;
      this.playOne(next);
    }
  }

  private playOne(context: Context): void {
    const sandbox = this.engines[this.live.length];
    if (!sandbox) throw new Defect("no engine is left for a context");
    this.live.push(context);
    context.live = sandbox;
    try {
      const came = sandbox.play(this.programs.ready, context.start, this.handler(context, sandbox), () => {
        context.history.begin(sandbox);
        context.begin();
      });
      if (!this.state.end) this.answers.finished(context, came);
    } catch (error) {
      if (error instanceof Defect) throw error;
      // else the engine met the end of the worker's own stack, or trapped: the program's doing
      if (error !== LEAVE) this.state.finish(sandbox.hostFault(error));
    } finally {
      context.leave();
      this.live.pop();
    }
  }

  /** Answers from the context's history as far as that goes, and then for real. */
  private handler(context: Context, sandbox: Sandbox): Handler {
    const { state, scheduler } = this;
    const { history } = context;
    const answerer = this.answers.answerer(context, sandbox);
    let at = 0;
    // what the program said since its last answer, and how often its engine asked: that was heard already
    let { texts, ticks } = history;
    return {
      call: (op: Call): Status => {
        if (at < history.length) {
          history.give(at++, op, sandbox);
          if (at === history.length && context.answered) context.deliver();
          return sandbox.num[0] as Status;
        }
        sandbox.message = "";
        sandbox.num[0] = answerer.call(op);
        if (state.end) throw LEAVE;
        history.add(op, sandbox);
        at++;
        texts = 0;
        ticks = 0;
        scheduler.done();
        context.answered = true;
        this.settle(context);
        context.deliver();
        return sandbox.num[0] as Status;
      },
      text: (op, text) => {
        if (at < history.length) return Status.DONE;
        if (texts > 0) {
          texts--;
          return Status.DONE;
        }
        history.texts++;
        return answerer.text(op, text);
      },
      interrupt: () => {
        if (at < history.length) return false;
        if (ticks > 0) {
          ticks--;
          return false;
        }
        history.ticks++;
        return state.interrupt();
      },
    };
  }
}
