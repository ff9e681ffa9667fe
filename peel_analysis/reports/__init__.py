"""A force's executed notebooks made into one page. (Not `report`: that is what the face calls the making of one.)"""
