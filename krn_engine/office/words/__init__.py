"""What an office says to people who are not at a kiosk: in a chat, on a page, on paper. Indonesian is the original."""
