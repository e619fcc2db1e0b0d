"""Languages. Indonesian is the text in the code; `kiosk/locale` holds what it is in others."""

from kiosk.view.languages import catalogue
from kiosk.view.parts import COUNTER, HELP_LINE, INDONESIAN, Message


class Texts:
    """Says things in one language: call it with a sentence of the code, or a `Message`.

    A sentence may name the workplace's {help_line} and {counter} anywhere: they are filled here, and nobody has to
    pass them on.
    """

    def __init__(self, language: str = INDONESIAN, help_line: str = HELP_LINE, counter: str = "") -> None:
        """`counter` is what the place is called where people are helped; empty: the counter, in this language."""
        self.language = language
        self.help_line = help_line
        self.counter = counter
        self._catalogue = {} if language == INDONESIAN else catalogue(language)

    def __call__(self, text: str | Message, **values: object) -> str:
        """The sentence, with its {places} filled. What has no translation stays Indonesian; a test finds it."""
        if isinstance(text, Message):
            filled = {name: self(value) if isinstance(value, Message) else value for name, value in text.values.items()}
            return self(text.text, **filled)
        sentence = self.translated(text)
        counter = self.counter or self.translated(COUNTER)
        if values:
            return sentence.format(help_line=self.help_line, counter=counter, **values)
        # A text that is shown as it is, such as a name, may have brackets of its own.
        return sentence.replace("{help_line}", self.help_line).replace("{counter}", counter)

    def translated(self, sentence: str) -> str:
        """The sentence in this language, with its {places} as they are."""
        return self._catalogue.get(sentence, sentence)
