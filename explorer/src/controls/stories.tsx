import type { Update } from '../hooks/useSetup';
import type { Setup } from '../setup';
import { STORIES, type Story, setupOf, storyOf } from '../stories';
import { MathText } from '../ui/symbol';

const GENERAL =
  'Each square says how alike the network finds two data points, sorted by class: above before it has seen any target, below after. Features are learned where they differ.';

interface StoriesProps {
  readonly setup: Setup;
  readonly update: Update;
  /** remembers what stands beside the story */
  compare(story: Story): void;
}

/** Cases that each show one thing, what is seen, and what to do next. */
export function Stories({ setup, update, compare }: StoriesProps) {
  const now = storyOf(setup);
  return (
    <nav className="stories" aria-label="Stories">
      <div className="chips">
        {STORIES.map((story) => (
          <button
            key={story.id}
            type="button"
            aria-pressed={now?.story === story}
            className={now?.story === story ? 'chip chosen' : 'chip'}
            onClick={() => {
              compare(story);
              update(setupOf(story));
            }}
          >
            {story.title}
          </button>
        ))}
      </div>
      <p className="sees" data-testid="sees">
        {now && !now.done ? now.story.says : GENERAL}{' '}
        {now && (
          <button
            type="button"
            className="action"
            onClick={() => update(now.done ? setupOf(now.story) : now.story.after)}
          >
            <MathText text={now.done ? `Back to “${now.story.title}”` : now.story.next} />
          </button>
        )}
      </p>
    </nav>
  );
}
