"""Everything that can be asked for by name is run once in its smallest form: does it work at all?"""
