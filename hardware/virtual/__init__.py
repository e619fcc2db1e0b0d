"""The virtual meter: it decrypts what is typed into it with the real standard, and answers as a meter does.

It ships in the package, as gpiozero ships its mock pins, so that everything runs with no hardware at all.
"""
